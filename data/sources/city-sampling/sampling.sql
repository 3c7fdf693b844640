SELECT
    s._row,
    s.统一社会信用代码 AS enterprise,
    s.许可证编号 AS by_licence,
    s.被抽样单位 AS by_name,
    s.单位地址 AS by_address,
    s.抽样单编号 || coalesce('/' || s.不合格项目, '') AS number,
    regexp_replace(s.抽样日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS occurred,
    regexp_replace(s.报送日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS known,
    s.抽样单编号 AS lot,
    s.样品名称 AS product,
    s.食品类别 AS category,
    CASE s.检验结论 WHEN '合格' THEN 'true' WHEN '不合格' THEN 'false' ELSE s.检验结论 END AS passed,
    s.不合格项目 AS item,
    coalesce(h.hazard, s.不合格项目) AS hazard,
    CASE s.任务级别 WHEN '国抽' THEN 'national' WHEN '省抽' THEN 'provincial' ELSE s.任务级别 END AS level,
    coalesce(t.stage, s.抽样环节) AS stage,
    CASE s.假冒 WHEN '是' THEN 'true' WHEN '否' THEN 'false' ELSE s.假冒 END AS counterfeit
FROM lots AS s
LEFT JOIN hazard AS h ON h.code = s.不合格项目
LEFT JOIN stage AS t ON t.code = s.抽样环节
