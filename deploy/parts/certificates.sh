# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# A private authority, one certificate for both servers, and one for a client, made once.

TLS=$MUSTER_HOME/tls

make_certificates() {
    make_server_certificate
    make_client_certificate
}

make_server_certificate() {
    [ ! -s "$TLS/server.pem" ] || return 0
    mkdir -p "$TLS"
    (
        umask 077
        cd "$TLS"
        openssl ecparam -name prime256v1 -genkey -noout -out authority-key.pem
        openssl req -x509 -new -key authority-key.pem -sha256 -days 3650 -subj "/CN=Muster private authority" \
            -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign" -out authority.pem
        openssl ecparam -name prime256v1 -genkey -noout -out server-key.pem
        openssl req -new -key server-key.pem -subj "/CN=localhost" -out server.csr
        printf '%s\n' "subjectAltName=DNS:localhost,IP:127.0.0.1" "basicConstraints=critical,CA:FALSE" \
            "keyUsage=critical,digitalSignature" "extendedKeyUsage=serverAuth" > server.ext
        openssl x509 -req -in server.csr -CA authority.pem -CAkey authority-key.pem -CAcreateserial -sha256 -days 3650 \
            -extfile server.ext -out server.new
        mv server.new server.pem
        chmod 644 authority.pem server.pem
        rm -f server.csr server.ext
    ) > "$LOGS/certificates.log" 2>&1 \
        || die_with_log "$LOGS/certificates.log" "making the certificates" "remove $TLS and run this again"
}

# Its name is a role of PostgreSQL that logs in with it.
make_client_certificate() {
    [ ! -s "$TLS/client.pem" ] || return 0
    (
        umask 077
        cd "$TLS"
        openssl ecparam -name prime256v1 -genkey -noout -out client-key.pem
        openssl req -new -key client-key.pem -subj "/CN=muster_certificate" -out client.csr
        printf '%s\n' "basicConstraints=critical,CA:FALSE" "keyUsage=critical,digitalSignature" \
            "extendedKeyUsage=clientAuth" > client.ext
        openssl x509 -req -in client.csr -CA authority.pem -CAkey authority-key.pem -CAcreateserial -sha256 -days 3650 \
            -extfile client.ext -out client.new
        mv client.new client.pem
        chmod 644 client.pem
        rm -f client.csr client.ext
    ) > "$LOGS/certificates.log" 2>&1 \
        || die_with_log "$LOGS/certificates.log" "making the client's certificate" "remove $TLS and run this again"
}
