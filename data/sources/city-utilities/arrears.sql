-- Meters belong to addresses and to names on bills; some have no credit code.
SELECT
    _row,
    统一社会信用代码 AS enterprise,
    户名 AS by_name,
    用户地址 AS by_address,
    欠费单号 AS number,
    欠费日期 AS occurred,
    报送日期 AS known,
    'utility_arrears' AS list
FROM arrears
