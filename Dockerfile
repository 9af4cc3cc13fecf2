# The image of the service: one binary on a small Debian, run by a user without rights.
#
#   docker build -t homeward .
#   docker run -p 8080:8080 -v homeward-data:/data homeward

FROM rust:1.95-slim-bookworm AS build
# The compiler's image has gcc; OpenSSL, which the feature `tls` builds from source, wants make and all of Perl.
# The versions are those of the base image's Debian release: a pinned one would vanish from the archive with the next security fix.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends make perl \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY . .
# With TLS, so that the service can talk to a managed PostgreSQL. scripts/check-container runs this very line.
RUN cargo build --release --locked --features tls

FROM debian:bookworm-slim
# The certificates that `sslmode=verify-full&sslrootcert=system` in DATABASE_URL trusts. The OpenSSL inside the binary does not know
# where Debian keeps them.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 homeward \
    && useradd --uid 10001 --gid homeward --no-log-init --home-dir /data --no-create-home --shell /usr/sbin/nologin homeward \
    && install --directory --owner=homeward --group=homeward --mode=0750 /data
COPY --from=build /build/target/release/homeward /usr/local/bin/homeward

ENV BIND=0.0.0.0:8080 \
    DATABASE_URL=sqlite:/data/homeward.db \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
EXPOSE 8080
VOLUME /data
WORKDIR /data
# By number, so that a cluster which only admits users other than root can see that this is one.
USER 10001:10001

# Bash can ask the service itself, so the image needs no curl. Ready means that the database answers and its schema fits.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${BIND##*:} && printf 'GET /health/ready HTTP/1.0\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]

ENTRYPOINT ["homeward"]
CMD ["serve"]
