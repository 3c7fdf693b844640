-- The centre knows licences and names, and no credit code.
SELECT
    _row,
    NULL AS enterprise,
    许可证编号 AS by_licence,
    单位名称 AS by_name,
    准考证号 AS number,
    考核日期 AS occurred,
    录入日期 AS known,
    人员标识 AS person,
    CASE 岗位 WHEN '食品安全总监' THEN 'director' WHEN '食品安全员' THEN 'officer' ELSE 岗位 END AS role,
    CASE 是否合格 WHEN '合格' THEN 'true' WHEN '不合格' THEN 'false' ELSE 是否合格 END AS passed,
    成绩 AS score
FROM exams
