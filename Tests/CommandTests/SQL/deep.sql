-- A value on which a jsonpath such as `$.**.**.**` has billions of steps to go.
CREATE TABLE deep (value jsonb);
INSERT INTO deep SELECT (repeat('[', 2000) || repeat(']', 2000))::jsonb;
