-- What is decided, and what is referred to the police, is known only when it is entered: each of
-- those days yields a record of the same number, and the later corrects the earlier.
WITH versions AS (
    SELECT
        *,
        unnest(list_distinct([
            登记日期, greatest(登记日期, 决定登记日期), greatest(登记日期, 移送登记日期)
        ])) AS moment
    FROM cases
)
SELECT
    c._row,
    c.统一社会信用代码 AS enterprise,
    c.案号 AS number,
    regexp_replace(c.立案日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS occurred,
    regexp_replace(c.moment, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS known,
    CASE c.食品安全案件 WHEN '是' THEN 'true' WHEN '否' THEN 'false' ELSE c.食品安全案件 END AS food,
    coalesce(v.code, c.违法行为类型) AS violation,
    coalesce(o.origin, c.案件来源) AS origin,
    CASE
        WHEN c.决定登记日期 <= c.moment
        THEN regexp_replace(c.决定日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3')
    END AS decided,
    CASE
        WHEN c.移送登记日期 <= c.moment
        THEN regexp_replace(c.移送公安日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3')
    END AS referred
FROM versions AS c
LEFT JOIN violation AS v ON v.zh = c.违法行为类型
LEFT JOIN origin AS o ON o.code = c.案件来源
