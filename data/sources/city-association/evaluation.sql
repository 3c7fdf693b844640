SELECT
    _row,
    统一社会信用代码 AS enterprise,
    会员名称 AS by_name,
    地址 AS by_address,
    评价编号 AS number,
    评价日期 AS occurred,
    公布日期 AS known,
    '信衡市食品行业协会' AS issuer,
    'stars' AS method,
    星级 AS score,
    有效期至 AS valid_to
FROM stars
