-- One row is one term of a licence; it yields a record for each category that it allows.
SELECT
    l._row,
    l.统一社会信用代码 AS enterprise,
    l.许可证编号 || '-' || l.期次 || coalesce('/' || l.category, '') AS number,
    l.有效期自 AS occurred,
    l.录入日期 AS known,
    l.许可证编号 AS licence,
    coalesce(t.code, l.许可种类) AS type,
    l.category,
    l.有效期至 AS valid_to
FROM (
    SELECT *, unnest(coalesce(string_split(食品类别, ';'), [NULL])) AS category
    FROM licences
) AS l
LEFT JOIN licence_type AS t ON t.zh = l.许可种类
