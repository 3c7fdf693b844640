SELECT
    f._row,
    f.统一社会信用代码 AS enterprise,
    f.备案编号 AS number,
    f.备案日期 AS occurred,
    f.录入日期 AS known,
    coalesce(t.type, f.备案事项) AS type,
    f.有效期至 AS valid_to
FROM filings AS f
LEFT JOIN filing_type AS t ON t.code = f.备案事项
