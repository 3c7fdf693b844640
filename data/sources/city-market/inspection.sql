SELECT
    i._row,
    i.统一社会信用代码 AS enterprise,
    i.检查编号 AS number,
    i.检查日期 AS occurred,
    i.录入日期 AS known,
    coalesce(p.purpose, i.检查类型) AS purpose,
    p.selection AS selection,
    i.检查人员 AS inspector,
    coalesce(r.result, i.检查结论) AS result,
    i.得分 AS score,
    i.关键项不符合数 AS critical,
    i.重点项不符合数 AS serious,
    i.一般项不符合数 AS minor
FROM inspections AS i
LEFT JOIN purpose AS p ON p.code = i.检查类型
LEFT JOIN result AS r ON r.code = i.检查结论
