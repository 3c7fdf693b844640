-- A call is known when it is registered; whether it was found true is known only when it is
-- closed. So a closed call yields two records of one number, and the later corrects the earlier;
-- only one if it was registered when it was closed already.
WITH complaints AS (
    SELECT
        c._row,
        c.被诉主体代码 AS enterprise,
        c.工单号 AS number,
        c.来电日期 AS occurred,
        c.登记日期,
        c.办结日期,
        c.是否属实,
        CASE c.类别 WHEN '投诉' THEN 'complaint' WHEN '举报' THEN 'report' ELSE c.类别 END AS type,
        CASE c.涉及食品安全 WHEN '是' THEN 'true' WHEN '否' THEN 'false' ELSE c.涉及食品安全 END AS food,
        coalesce(t.code, c.问题) AS topic,
        c.涉及食品 AS product,
        c.经度 AS longitude,
        c.纬度 AS latitude
    FROM calls AS c
    LEFT JOIN topic AS t ON t.zh = c.问题
)
SELECT * EXCLUDE (登记日期, 办结日期, 是否属实), 登记日期 AS known, NULL AS verified
FROM complaints
WHERE NOT coalesce(办结日期 <= 登记日期, false)
UNION ALL
SELECT
    * EXCLUDE (登记日期, 办结日期, 是否属实),
    greatest(登记日期, 办结日期) AS known,
    CASE 是否属实 WHEN '属实' THEN 'true' WHEN '不属实' THEN 'false' ELSE 是否属实 END AS verified
FROM complaints
WHERE 办结日期 IS NOT NULL
