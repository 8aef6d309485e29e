# The fakes in a container: docker build -t mock-las . && docker run --rm -p 8080:8080 mock-las
FROM python:3.13-slim AS build
WORKDIR /build
COPY pyproject.toml hatch_build.py constraints.txt README.md LICENSE ./
COPY src src
COPY xsd xsd
COPY wsdl wsdl
RUN python -m venv /opt/mock-las \
    && /opt/mock-las/bin/pip install --no-cache-dir --constraint constraints.txt '.[mock]'

FROM python:3.13-slim
COPY --from=build /opt/mock-las /opt/mock-las
RUN useradd --system --uid 10001 --no-create-home mock-las
USER 10001
# Inside a container every address is the container's own; what is published decides who can reach it.
ENV PATH=/opt/mock-las/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    MOCK_LAS_HOST=0.0.0.0 \
    MOCK_LAS_PORT=8080
EXPOSE 8080
HEALTHCHECK --interval=2s --timeout=5s --start-period=10s --retries=10 CMD ["mock-las", "ready"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["mock-las"]
CMD ["serve"]
