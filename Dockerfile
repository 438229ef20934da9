# docker build -t pellucid . && docker run --rm -v "$PWD":/work pellucid explain --model my-vit --image cat.jpg -o cat.png
FROM debian:12 AS build
WORKDIR /src
# What is installed and fetched changes rarely; the sources behind it are built anew.
COPY scripts scripts
COPY src/inputs/tokenizers src/inputs/tokenizers
RUN scripts/bootstrap && apt-get install -y --no-install-recommends dpkg-dev file
COPY . .
RUN cmake --preset release -DPELLUCID_TESTS=OFF \
    && cmake --build --preset release --parallel "$(nproc)" \
    && cd build/release && cpack -G DEB

FROM debian:12-slim
COPY --from=build /src/build/release/pellucid_*.deb /tmp/
RUN apt-get update \
    && apt-get install -y --no-install-recommends /tmp/pellucid_*.deb \
    && rm -rf /var/lib/apt/lists/* /tmp/pellucid_*.deb \
    && useradd --create-home pellucid \
    && install -d -o pellucid -g pellucid /work
USER pellucid
WORKDIR /work
ENTRYPOINT ["pellucid"]
CMD ["--help"]
