SELECT
    b._row,
    b.统一社会信用代码 AS enterprise,
    b.决定书文号 AS number,
    regexp_replace(b.决定日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS occurred,
    regexp_replace(b.公示日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS known,
    b.人员标识 AS person,
    coalesce(t.ban, b.限制类型) AS type,
    regexp_replace(b.截止日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS until
FROM bans AS b
LEFT JOIN ban AS t ON t.code = b.限制类型
