-- One row is one term of a licence; it yields a record for each category that it allows.
SELECT
    _row,
    统一社会信用代码 AS enterprise,
    许可证编号 || '-' || 期次 || coalesce('/' || category, '') AS number,
    有效期自 AS occurred,
    录入日期 AS known,
    许可证编号 AS licence,
    CASE 许可种类 WHEN '食品生产许可' THEN 'production' ELSE 'operation' END AS type,
    category,
    有效期至 AS valid_to
FROM (
    SELECT *, unnest(coalesce(string_split(食品类别, ';'), [NULL])) AS category
    FROM licences
)
