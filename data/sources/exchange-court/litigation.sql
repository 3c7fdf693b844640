-- That a suit is closed is known only on that day, so a closed one yields two records of one
-- number; only one if it was entered when it was closed already. Money is in yuan.
WITH versions AS (
    SELECT *, unnest(list_distinct([录入日期, greatest(录入日期, 结案日期)])) AS moment
    FROM suits
)
SELECT
    s._row,
    s.统一社会信用代码 AS enterprise,
    s.当事人 AS by_name,
    s.住所地 AS by_address,
    s.案号 AS number,
    regexp_replace(s.立案日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS occurred,
    regexp_replace(s.moment, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS known,
    coalesce(p.party, s.诉讼地位) AS role,
    coalesce(c.cause, s.案由) AS cause,
    coalesce(
        CAST(TRY_CAST(s."标的额(元)" AS DOUBLE) / 10000 AS VARCHAR), s."标的额(元)"
    ) AS amount,
    CASE
        WHEN s.结案日期 <= s.moment
        THEN regexp_replace(s.结案日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3')
    END AS closed
FROM versions AS s
LEFT JOIN party AS p ON p.code = s.诉讼地位
LEFT JOIN cause AS c ON c.code = s.案由
