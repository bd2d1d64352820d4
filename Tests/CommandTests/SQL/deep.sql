-- A value for which a jsonpath such as `$.**.**.**` needs billions of steps.
CREATE TABLE deep (value jsonb);
INSERT INTO deep SELECT (repeat('[', 2000) || repeat(']', 2000))::jsonb;
