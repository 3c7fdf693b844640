-- One row is one failed item of a lot; a lot that conforms has one row without an item. Food that
-- is not made under a production licence has no category.
SELECT
    s._row,
    s.统一社会信用代码 AS enterprise,
    s.抽样编号 || coalesce('/' || s.不合格项目, '') AS number,
    s.抽样日期 AS occurred,
    s.结论日期 AS known,
    s.抽样编号 AS lot,
    s.食品名称 AS product,
    s.食品类别 AS category,
    CASE s.结论 WHEN '合格' THEN 'true' WHEN '不合格' THEN 'false' ELSE s.结论 END AS passed,
    s.不合格项目 AS item,
    coalesce(h.hazard, s.不合格项目) AS hazard
FROM sampling AS s
LEFT JOIN hazard AS h ON h.code = s.不合格项目
