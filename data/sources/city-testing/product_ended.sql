SELECT
    _row,
    统一社会信用代码 AS enterprise,
    申报编号 AS number,
    停产日期 AS occurred,
    停产日期 AS known,
    'product' AS of,
    'ended' AS change
FROM products
WHERE 停产日期 IS NOT NULL
