SELECT
    c._row,
    c.统一社会信用代码 AS enterprise,
    c.抽查编号 AS number,
    c.抽查日期 AS occurred,
    c.公示日期 AS known,
    c.抽查计划 AS plan,
    CASE c.抽查类型
        WHEN '一般抽查' THEN 'random_general'
        WHEN '重点抽查' THEN 'random_key'
        ELSE c.抽查类型
    END AS selection,
    coalesce(r.result, c.抽查结果) AS result,
    coalesce(f.follow_up, c.后续处置) AS follow_up,
    c.公示日期 AS published
FROM random_checks AS c
LEFT JOIN result AS r ON r.code = c.抽查结果
LEFT JOIN follow_up AS f ON f.code = c.后续处置
