-- An alert warns of a product; some name who makes or sells it, by what the label says.
SELECT
    a._row,
    NULL AS enterprise,
    a.许可证编号 AS by_licence,
    a.标称生产经营者 AS by_name,
    a.通报编号 AS number,
    a.通报日期 AS occurred,
    a.接收日期 AS known,
    a.产品名称 AS product,
    a.食品类别 AS category,
    coalesce(h.hazard, a.风险项目) AS hazard,
    a.风险项目 AS item,
    CASE a.通报级别
        WHEN '国家级' THEN 'national'
        WHEN '省级' THEN 'provincial'
        WHEN '市级' THEN 'city'
        ELSE a.通报级别
    END AS level
FROM alerts AS a
LEFT JOIN hazard AS h ON h.code = a.风险项目
