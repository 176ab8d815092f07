using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Http.Delivery.Webhooks;

/// <summary>Brings messages by HTTP, as the Standard Webhooks specification says.</summary>
internal sealed class WebhookDeliverer : IDeliverer
{
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    private readonly Destination _destination;
    private readonly AddressGuard _guard;
    private readonly TimeProvider _time;
    private readonly Uri _address;
    private readonly TimeSpan _timeout;
    private readonly HttpMessageInvoker _http;

    /// <summary>A deliverer to the address of a destination.</summary>
    public WebhookDeliverer(Destination destination, AddressGuard guard, TimeProvider time)
    {
        (_destination, _guard, _time) = (destination, guard, time);
        _address = new Uri(destination.Settings.Url ?? ""); // checked as it was set
        _timeout = destination.Settings.ToTimeLimit();
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // A proxy would be connected to in the receiver's place, and its address looked at in place of it.
            UseProxy = false,
            ConnectCallback = ConnectAsync,
            PooledConnectionLifetime = ConnectionLifetime,
            MaxConnectionsPerServer = destination.Settings.InFlight,
            MaxResponseHeadersLength = 16,
            ActivityHeadersPropagator = null,
        });
    }

    /// <inheritdoc/>
    public async ValueTask<DeliveryAnswer> SendAsync(OutgoingMessage message, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            using var request = RequestOf(message);
            using var response = await _http.SendAsync(request, either.Token);
            return AnswerOf(response);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new DeliveryAnswer.NotTaken(DeliveryReasons.TimedOut);
        }
        catch (HttpRequestException exception) when (exception.InnerException is AddressNotAllowedException)
        {
            return new DeliveryAnswer.NotTaken(DeliveryReasons.AddressNotAllowed);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException)
        {
            return new DeliveryAnswer.NotTaken(DeliveryReasons.NotConnected);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private HttpRequestMessage RequestOf(OutgoingMessage message)
    {
        var now = _time.GetUtcNow();
        var seconds = now.ToUnixTimeSeconds();
        var secrets = _destination.Connector.SecretsOf(Destination.SigningName, Instant.From(now));
        var request = new HttpRequestMessage(HttpMethod.Post, _address)
        {
            Content = new ReadOnlyMemoryContent(message.Body),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("user-agent", "DToC");
        request.Headers.TryAddWithoutValidation("webhook-id", message.Id);
        request.Headers.TryAddWithoutValidation(
            "webhook-timestamp", seconds.ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("webhook-signature", SigningSecret.Sign(
            secrets.Select(secret => secret.Value), message.Id, seconds, message.Body.Span));
        foreach (var header in _destination.Headers)
            request.Headers.TryAddWithoutValidation(header.Name, Encoding.UTF8.GetString(header.Value.Span));
        return request;
    }

    private DeliveryAnswer AnswerOf(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        return status switch
        {
            >= 200 and < 300 => DeliveryAnswer.Taken.Instance,
            >= 300 and < 400 => new DeliveryAnswer.NotTaken(DeliveryReasons.Redirected),
            (int)HttpStatusCode.Gone => new DeliveryAnswer.Gone(DeliveryReasons.Gone),
            _ => new DeliveryAnswer.NotTaken(string.Create(CultureInfo.InvariantCulture, $"status-{status}"))
            {
                RetryAfter = status is 429 or 503 ? RetryAfterOf(response) : null,
                IsAlive = status == 429,
            },
        };
    }

    private TimeSpan? RetryAfterOf(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - _time.GetUtcNow(),
        _ => null,
    };

    /// <summary>Looks at the address that is connected to, whatever name led there.</summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var mustBeInHouse = context.InitialRequestMessage.RequestUri?.Scheme != Uri.UriSchemeHttps;
        var addresses = await _guard.FindAsync(context.DnsEndPoint.Host, mustBeInHouse, cancellation);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
