using System.Security.Authentication;
using Grpc.Core;

namespace CalicoNet.Core;

/// <summary>What a call's error says of the call.</summary>
internal sealed record EtcdFailure
{
    /// <summary>Reads an error.</summary>
    /// <param name="error">The error.</param>
    /// <param name="time">How long the call had.</param>
    public EtcdFailure(RpcException error, TimeSpan time)
    {
        var cause = error.Status.DebugException;
        IsAnswer = cause is null && error.StatusCode is not (StatusCode.DeadlineExceeded or StatusCode.Cancelled);
        IsTrust = Chain(cause).Any(IsOfTls);
        WasSent = !IsTrust && !Chain(cause).Any(IsOfConnecting);
        Reason = error.StatusCode == StatusCode.DeadlineExceeded ? $"no answer within {time.TotalSeconds:0.#} s"
            : cause is OperationCanceledException ? "no connection in time"
            : cause?.GetBaseException().Message ?? error.Status.Detail;
    }

    /// <summary>Whether a server gave it: then it is all that became of the call.</summary>
    public bool IsAnswer { get; }

    /// <summary>Whether a server may have got the call whole: only then can it have done what it was asked.</summary>
    public bool WasSent { get; }

    /// <summary>Whether the two do not trust each other (TLS): the server has read nothing.</summary>
    public bool IsTrust { get; }

    /// <summary>Why, in the words of whoever knew first.</summary>
    public string Reason { get; }

    private static IEnumerable<Exception> Chain(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            yield return error;
        }
    }

    /// <summary>TLS has failed, in the handshake or by an alert right after it, which only OpenSSL's text tells from other errors.</summary>
    private static bool IsOfTls(Exception error)
        => error is AuthenticationException || (error.Message.Contains("alert", StringComparison.Ordinal) && error.Message.Contains("certificate", StringComparison.Ordinal));

    /// <summary>There was no connection to send it on. What is lost with a connection has another HttpRequestError, or none.</summary>
    private static bool IsOfConnecting(Exception error)
        => error is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError }
            or OperationCanceledException { InnerException: TimeoutException };
}
