SELECT
    o._row,
    o.统一社会信用代码 AS enterprise,
    o.记录编号 AS number,
    o.发生日期 AS occurred,
    o.录入日期 AS known,
    coalesce(f.form, o.情形) AS form
FROM obstructions AS o
LEFT JOIN form AS f ON f.code = o.情形
