-- One story is told by many; all that tell it share a cluster.
SELECT
    o._row,
    NULL AS enterprise,
    o.涉及企业 AS by_name,
    o.企业地址 AS by_address,
    o.信息编号 AS number,
    o.发布日期 AS occurred,
    o.采集日期 AS known,
    o.涉及产品 AS product,
    coalesce(t.topic, o.主题) AS topic,
    CASE o.是否食品安全 WHEN '是' THEN 'true' WHEN '否' THEN 'false' ELSE o.是否食品安全 END AS food,
    CASE o.情感倾向
        WHEN '负面' THEN 'negative'
        WHEN '中性' THEN 'neutral'
        WHEN '正面' THEN 'positive'
        ELSE o.情感倾向
    END AS polarity,
    o.可信度 AS credibility,
    o.事件编号 AS cluster
FROM opinions AS o
LEFT JOIN topic AS t ON t.code = o.主题
