SELECT
    _row,
    统一社会信用代码 AS enterprise,
    表彰编号 AS number,
    授予日期 AS occurred,
    公布日期 AS known,
    'city' AS level
FROM honours
