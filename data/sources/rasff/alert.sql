-- A notification warns of a product by its category, of one hazard or of several.
SELECT
    _row,
    nid || ' ' || hazard_group AS number,
    CAST("date" AS DATE) AS occurred,
    CAST("date" AS DATE) AS known,
    product_category AS product,
    hazard_group AS item,
    origin
FROM hazards
