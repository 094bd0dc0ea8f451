# Yuanwen with the chat, for an index on Milvus or in a mounted folder: docker build --tag yuanwen .
FROM python:3.11-slim

WORKDIR /app
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY index index
COPY qa qa
COPY ui ui
RUN pip install --no-cache-dir -c constraints.txt ".[documents,ui,milvus]" \
    && useradd --create-home yuanwen

USER yuanwen
WORKDIR /home/yuanwen
ENTRYPOINT ["yuanwen"]
