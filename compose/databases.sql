-- Roles and databases of an empty Postgres. Its container runs this once, when the volume `postgres` is new; for a
-- server elsewhere run it with psql as its superuser, with the three passwords in the environment.
\getenv metadata_password SMM_METADATA_PASSWORD
\getenv celery_password SMM_CELERY_PASSWORD
\getenv warehouse_password SMM_WAREHOUSE_PASSWORD

create role airflow login password :'metadata_password';
create role celery login password :'celery_password';
create role warehouse login password :'warehouse_password';

create database airflow owner airflow;
create database celery owner celery;
create database warehouse owner warehouse;

-- A new database lets everybody in; its owner keeps the right.
revoke all on database airflow from public;
revoke all on database celery from public;
revoke all on database warehouse from public;
