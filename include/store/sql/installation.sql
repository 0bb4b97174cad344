-- name: installation^
select i.environment, i.system_identifier, c.system_identifier::text as found
from installation i, pg_control_system() c;
