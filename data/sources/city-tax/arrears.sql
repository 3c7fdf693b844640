SELECT
    _row,
    统一社会信用代码 AS enterprise,
    公告编号 AS number,
    欠税日期 AS occurred,
    公告日期 AS known,
    'tax_arrears' AS list
FROM arrears
