# The slim image has Airflow and its entrypoint but no providers. requirements.txt, which names Airflow 3.3.2 too, then
# fixes every package at the version that is tested: newer ones than the image's own constraints, on which the many
# providers of the full image would depend.
FROM apache/airflow:slim-3.3.2-python3.12 AS production

# requirements-s3.txt is the other lock: with what an archive on S3 takes (docs/production.md).
ARG REQUIREMENTS=requirements.txt
# --chown here and below: root's files of a checkout under umask 077 would be closed to the user of the image.
COPY --chown=airflow:0 ${REQUIREMENTS} /tmp/requirements.txt
# The image comes without bytecode: each new container would compile Airflow anew, which doubles the time of its start.
RUN pip install --no-cache-dir --requirement /tmp/requirements.txt \
    && pip check \
    && python -m compileall -q -j 0 "${VIRTUAL_ENV}/lib"

ENV PYTHONPATH=/opt/airflow/plugins:/opt/airflow
COPY --chown=airflow:0 compose/readable.py compose/readable.py
COPY --chown=airflow:0 dags dags
COPY --chown=airflow:0 include include
COPY --chown=airflow:0 plugins plugins
# `shared` is where compose mounts a volume, which takes its owner from here.
RUN python -m compileall -q plugins && mkdir shared

# The invented far ends (docs/production.md, "The sandbox"): nothing of them is in the image for production.
FROM production AS sandbox
COPY --chown=airflow:0 requirements-local.txt /tmp/requirements-local.txt
RUN pip install --no-cache-dir --requirement /tmp/requirements-local.txt
COPY --chown=airflow:0 compose compose
COPY --chown=airflow:0 sandbox sandbox
