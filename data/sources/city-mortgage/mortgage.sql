SELECT
    _row,
    统一社会信用代码 AS enterprise,
    登记证明编号 AS number,
    登记时间 AS occurred,
    入库时间 AS known,
    'chattel_mortgage' AS type,
    "担保债权(万元)" AS amount,
    登记到期日 AS until
FROM mortgages
