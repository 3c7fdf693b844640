SELECT
    _row,
    统一社会信用代码 AS enterprise,
    列入决定书文号 AS number,
    列入日期 AS occurred,
    公示日期 AS known,
    'serious_dishonesty' AS list,
    CASE 列入事由
        WHEN '使用禁止的原料' THEN 'banned_material'
        WHEN '致病菌或残留超标' THEN 'excess_substance'
        WHEN '其他严重危害' THEN 'other_harm'
        ELSE 列入事由
    END AS reason
FROM serious
