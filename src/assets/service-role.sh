#!/bin/sh
# Makes the role of the service, which owns nothing: "vigie migrate" grants it what it needs. PostgreSQL's image runs this when its
# volume is first created; for a volume from before: docker compose exec database sh /docker-entrypoint-initdb.d/service-role.sh
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --set password="$SERVICE_PASSWORD" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'END'
create role vigie_service login password :'password';
END
