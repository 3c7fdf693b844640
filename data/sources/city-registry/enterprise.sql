-- The register has a row for each day on which something of an entry changed, and two where its
-- status and its capital did. Days look like 20240305; one that is no day passes through as it
-- stands, and the contract catches it.
SELECT
    r._row,
    r.统一社会信用代码 AS enterprise,
    concat_ws('/', r.统一社会信用代码, r.变动日期, r.登记状态) AS number,
    regexp_replace(r.变动日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS occurred,
    regexp_replace(r.登记日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS known,
    r.名称 AS name,
    coalesce(p.population, r.监管类别) AS population,
    coalesce(s.status, r.登记状态) AS status,
    regexp_replace(r.成立日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS established_on,
    r."注册资本(万元)" AS subscribed_capital,
    coalesce(f.type, a.主体类型) AS type,
    a.行业代码 AS industry,
    a.住所 AS address,
    a.街道 AS street,
    r.业态 AS category,
    r.静态风险等级 AS tier,
    r.字号 AS brand,
    r.场所编号 AS site,
    r.所属区 AS district,
    r.经度 AS longitude,
    r.纬度 AS latitude
FROM register AS r
LEFT JOIN addresses AS a ON a.统一社会信用代码 = r.统一社会信用代码
LEFT JOIN form AS f ON f.code = a.主体类型
LEFT JOIN population AS p ON p.code = r.监管类别
LEFT JOIN status AS s ON s.code = r.登记状态
