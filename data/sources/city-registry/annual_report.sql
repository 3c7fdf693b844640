-- A report is called by the year it is about.
SELECT
    r._row,
    r.统一社会信用代码 AS enterprise,
    r.报告年度 AS number,
    regexp_replace(r.报送日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS occurred,
    regexp_replace(r.入库日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS known,
    r.报告年度 AS year,
    regexp_replace(r.应报日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS due,
    r.从业人数 AS employees,
    r."营业总收入(万元)" AS revenue,
    r."资产总额(万元)" AS assets,
    r."负债总额(万元)" AS liabilities,
    r."实缴出资(万元)" AS paid_in,
    f."利润总额(万元)" AS profit,
    f."纳税总额(万元)" AS tax
FROM annual_reports AS r
LEFT JOIN report_figures AS f
    ON f.统一社会信用代码 = r.统一社会信用代码 AND f.报告年度 = r.报告年度
