-- The archive counts money in 万元, the regulator in yuan. The credit centre repeats most of these
-- decisions: what is said of one here has to be, field for field, what city-credit says of it.
SELECT
    p._row,
    p.统一社会信用代码 AS enterprise,
    p.决定书文号 AS number,
    p.决定日期 AS occurred,
    p.公示日期 AS known,
    p.案号 AS "case",
    'market' AS organ,
    CASE p.食品安全案件 WHEN '是' THEN 'true' WHEN '否' THEN 'false' ELSE p.食品安全案件 END AS food,
    coalesce(v.code, p.违法行为类型) AS violation,
    coalesce(k.kind, p.处罚种类) AS penalty_kind,
    coalesce(
        CAST(TRY_CAST(p."罚款金额(元)" AS DOUBLE) / 10000 AS VARCHAR), p."罚款金额(元)"
    ) AS fine,
    coalesce(
        CAST(TRY_CAST(p."没收金额(元)" AS DOUBLE) / 10000 AS VARCHAR), p."没收金额(元)"
    ) AS confiscated,
    p.履行期限 AS due
FROM penalties AS p
LEFT JOIN violation AS v ON v.zh = p.违法行为类型
LEFT JOIN kind AS k ON k.code = p.处罚种类
