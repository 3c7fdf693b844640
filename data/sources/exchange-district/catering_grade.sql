SELECT
    _row,
    统一社会信用代码 AS enterprise,
    评定编号 AS number,
    评定日期 AS occurred,
    录入日期 AS known,
    regexp_replace(量化等级, '^([ABC])级$', '\1') AS grade,
    得分 AS score,
    有效期至 AS valid_to
FROM catering_grades
