SELECT
    _row,
    统一社会信用代码 AS enterprise,
    召回编号 AS number,
    启动日期 AS occurred,
    报告日期 AS known,
    产品名称 AS product,
    CASE 召回级别
        WHEN '一级召回' THEN 'level1'
        WHEN '二级召回' THEN 'level2'
        WHEN '三级召回' THEN 'level3'
        ELSE 召回级别
    END AS level,
    CASE 召回方式 WHEN '责令召回' THEN 'true' WHEN '主动召回' THEN 'false' ELSE 召回方式 END AS ordered,
    CASE 是否逾期启动 WHEN '是' THEN 'true' WHEN '否' THEN 'false' ELSE 是否逾期启动 END AS late
FROM recalls
