SELECT
    _row,
    统一社会信用代码 AS enterprise,
    登记编号 AS number,
    regexp_replace(登记日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS occurred,
    regexp_replace(公示日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS known,
    CASE 登记类型 WHEN '股权出质' THEN 'pledge' WHEN '股权冻结' THEN 'freeze' ELSE 登记类型 END AS type,
    "数额(万元)" AS amount,
    coalesce(
        CAST(TRY_CAST("股权比例(%)" AS DOUBLE) / 100 AS VARCHAR), "股权比例(%)"
    ) AS share,
    regexp_replace(期限至, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS until
FROM encumbrances
