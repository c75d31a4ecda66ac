using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;

namespace CalicoNet.Core;

/// <summary>The status codes of gRPC that mean something here.</summary>
internal enum GrpcStatus
{
    Ok = 0,
    InvalidArgument = 3,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Unimplemented = 12,
    Unavailable = 14,
    DataLoss = 15,
    Unauthenticated = 16,
}

/// <summary>What a server answered.</summary>
internal readonly record struct GrpcReply(GrpcStatus Status, string Message, ReadOnlyMemory<byte> Body);

/// <summary>A call that got no answer.</summary>
/// <param name="message">Why.</param>
/// <param name="wasSent">Whether the server may have got it whole: only then can it have done what it was asked.</param>
/// <param name="isTrust">Whether the two do not trust each other (TLS).</param>
/// <param name="inner">The transport's own exception.</param>
internal sealed class GrpcException(string message, bool wasSent, bool isTrust, Exception? inner) : Exception(message, inner)
{
    public bool WasSent => wasSent;

    public bool IsTrust => isTrust;
}

/// <summary>
/// Unary gRPC calls over the framework's HTTP/2: a five-byte prefix and two trailers. Not by Grpc.Net.Client, nor by dotnet-etcd upon it:
/// compiled ahead of time they add 2 and 3 MB, and half as much again and more to a process's start. And here nothing is ever sent twice.
/// </summary>
internal sealed class GrpcClient : IDisposable
{
    private const int PrefixLength = 5;
    private static readonly MediaTypeHeaderValue GrpcContent = new("application/grpc");

    private readonly HttpMessageInvoker _http;
    private volatile bool _lacksCertificate;
    private volatile bool _wasAnswered;

    public GrpcClient(TimeSpan connectTimeout, SslClientAuthenticationOptions security)
    {
        if (security.ClientCertificates is null)
        {
            // Asked for at first without the server's certificate, and again with it where the server wants to see one.
            security.LocalCertificateSelectionCallback = (_, _, _, remote, _) =>
            {
                _lacksCertificate |= remote is not null;
                return null!;
            };
        }

        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectTimeout = connectTimeout,
            SslOptions = security,
            // The cluster is spoken to directly; its calls are nobody's trace.
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
        });
    }

    /// <summary>Calls a method and waits for its answer.</summary>
    /// <param name="endpoint">The server.</param>
    /// <param name="method">The method's path.</param>
    /// <param name="message">The request.</param>
    /// <param name="headers">Metadata.</param>
    /// <param name="timeout">The longest it may take.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="GrpcException">There was no answer.</exception>
    public GrpcReply Call(
        Uri endpoint, string method, ReadOnlyMemory<byte> message, IEnumerable<(string Name, string Value)> headers, TimeSpan timeout, CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        ending.CancelAfter(timeout);
        using var content = new OnceContent(message);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(endpoint, method))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        request.Headers.Add("grpc-timeout", ((long)Math.Max(1, timeout.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture) + "m");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            var reply = SendAsync(request, ending.Token).GetAwaiter().GetResult();
            _wasAnswered = true;
            return reply;
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            var what = ending.IsCancellationRequested ? $"no answer within {timeout.TotalSeconds:0.#} s" : "no connection in time";
            throw new GrpcException(what, content.WasSent, isTrust: false, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            // A server that gets no certificate lets the handshake end (TLS 1.3) and the connection too, which may look like any other lost one.
            var isTrust = IsTrust(e);
            var lacksCertificate = _lacksCertificate && !_wasAnswered;
            throw new GrpcException(lacksCertificate ? "it wants a client's certificate" : e.GetBaseException().Message, content.WasSent && !isTrust, isTrust || lacksCertificate, e);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<GrpcReply> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var response = await _http.SendAsync(request, cancellation).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK || response.Content.Headers.ContentType?.MediaType?.StartsWith("application/grpc", StringComparison.Ordinal) != true)
        {
            throw new InvalidDataException($"the server answers {(int)response.StatusCode} {response.ReasonPhrase}, and not as etcd does");
        }

        var body = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        // A refusal without a message has its status in the headers.
        var trailers = response.TrailingHeaders.Contains("grpc-status") ? response.TrailingHeaders : (HttpHeaders)response.Headers;
        if (!int.TryParse(Value(trailers, "grpc-status"), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            throw new InvalidDataException("the answer breaks off");
        }

        if (status != (int)GrpcStatus.Ok)
        {
            return new GrpcReply((GrpcStatus)status, Uri.UnescapeDataString(Value(trailers, "grpc-message") ?? ""), default);
        }

        if (body.Length < PrefixLength || body[0] != 0 || BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(1)) != body.Length - PrefixLength)
        {
            throw new InvalidDataException("the answer is not one whole message");
        }

        return new GrpcReply(GrpcStatus.Ok, "", body.AsMemory(PrefixLength));
    }

    private static string? Value(HttpHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    /// <summary>TLS has failed, in the handshake or by an alert right after it, which only OpenSSL's text tells from other errors: the server has read nothing.</summary>
    private static bool IsTrust(Exception e)
    {
        for (var cause = e; cause is not null; cause = cause.InnerException)
        {
            if (cause is AuthenticationException || (cause.Message.Contains("alert", StringComparison.Ordinal) && cause.Message.Contains("certificate", StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A request's body that knows whether it began to be sent, and is not sent again, which the framework would do in cases it finds safe.</summary>
    private sealed class OnceContent : HttpContent
    {
        private readonly ReadOnlyMemory<byte> _message;

        public OnceContent(ReadOnlyMemory<byte> message)
        {
            _message = message;
            Headers.ContentType = GrpcContent;
        }

        public bool WasSent { get; private set; }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            if (WasSent)
            {
                throw new IOException("the connection was lost");
            }

            WasSent = true;
            var prefix = new byte[PrefixLength];
            BinaryPrimitives.WriteInt32BigEndian(prefix.AsSpan(1), _message.Length);
            await stream.WriteAsync(prefix, cancellationToken).ConfigureAwait(false);
            await stream.WriteAsync(_message, cancellationToken).ConfigureAwait(false);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = PrefixLength + _message.Length;
            return true;
        }
    }
}
