DROP TABLE IF EXISTS enterprise_search
