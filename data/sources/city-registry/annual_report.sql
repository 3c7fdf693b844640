-- A report is called by the year it is about.
SELECT
    _row,
    统一社会信用代码 AS enterprise,
    报告年度 AS number,
    regexp_replace(报送日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS occurred,
    regexp_replace(入库日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS known,
    报告年度 AS year,
    regexp_replace(应报日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS due,
    从业人数 AS employees,
    "营业总收入(万元)" AS revenue,
    "资产总额(万元)" AS assets,
    "负债总额(万元)" AS liabilities,
    "实缴出资(万元)" AS paid_in
FROM annual_reports
