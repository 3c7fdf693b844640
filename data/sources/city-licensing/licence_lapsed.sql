-- A term ends early where the licence was cancelled or revoked.
SELECT
    _row,
    统一社会信用代码 AS enterprise,
    许可证编号 || '-' || 期次 || coalesce('/' || category, '') AS number,
    失效日期 AS occurred,
    失效日期 AS known,
    'licence' AS of,
    'ended' AS change
FROM (
    SELECT *, unnest(coalesce(string_split(食品类别, ';'), [NULL])) AS category
    FROM licences
)
WHERE 失效日期 IS NOT NULL
