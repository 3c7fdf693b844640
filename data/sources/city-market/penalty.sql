-- The archive counts money in 万元, the bureau in yuan.
SELECT
    p._row,
    p.统一社会信用代码 AS enterprise,
    p.决定书文号 AS number,
    p.决定日期 AS occurred,
    p.公示日期 AS known,
    p.案号 AS "case",
    'market' AS organ,
    p.食品安全案件 = '是' AS food,
    coalesce(v.violation, p.违法行为类型) AS violation,
    coalesce(k.kind, p.处罚种类) AS penalty_kind,
    TRY_CAST(p."罚款金额(元)" AS DOUBLE) / 10000 AS fine,
    TRY_CAST(p."没收金额(元)" AS DOUBLE) / 10000 AS confiscated
FROM penalties AS p
LEFT JOIN violation AS v ON v.code = p.违法行为类型
LEFT JOIN kind AS k ON k.code = p.处罚种类
