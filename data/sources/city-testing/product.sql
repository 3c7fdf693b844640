SELECT
    p._row,
    p.统一社会信用代码 AS enterprise,
    p.申报编号 AS number,
    p.申报日期 AS occurred,
    p.入库日期 AS known,
    p.产品名称 AS product,
    p.食品类别 AS category,
    coalesce(t.tag, p.四新一特) AS tag
FROM products AS p
LEFT JOIN tag AS t ON t.code = p.四新一特
