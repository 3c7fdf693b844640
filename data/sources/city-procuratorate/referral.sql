SELECT
    r._row,
    r.统一社会信用代码 AS enterprise,
    r.案号 AS number,
    r.立案日期 AS occurred,
    r.收案日期 AS known,
    CASE r.食品安全 WHEN '1' THEN 'true' WHEN '0' THEN 'false' ELSE r.食品安全 END AS food,
    coalesce(v.code, r.涉嫌违法行为) AS violation,
    coalesce(o.origin, r.案件来源) AS origin,
    r.决定日期 AS decided,
    r.移送日期 AS referred
FROM referrals AS r
LEFT JOIN violation AS v ON v.zh = r.涉嫌违法行为
LEFT JOIN origin AS o ON o.code = r.案件来源
