# One image for web and jobs on Debian slim, whose Python is the one the tests run on; docker-compose.yml names the commands.
FROM debian:bookworm-slim AS base
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates python3 \
    && rm -rf /var/lib/apt/lists/*

FROM base AS packages
RUN apt-get update && apt-get install --yes --no-install-recommends python3-venv
COPY requirements.txt .
RUN python3 -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM base
RUN useradd --system --uid 10001 --home-dir /data chat && install -d -o chat -g chat -m 700 /data
COPY --from=packages /venv /venv
WORKDIR /app
COPY manage.py ./
COPY chatproject chatproject
COPY chat chat
COPY static static
COPY templates templates
RUN python3 -m compileall -q chatproject chat
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 CHAT_DATA_DIR=/data HOST=0.0.0.0 PORT=8000
USER chat
VOLUME /data
EXPOSE 8000
CMD ["python", "manage.py", "serve", "--no-jobs"]
