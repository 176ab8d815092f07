using System.Text;
using DToC.Http.Delivery.Webhooks;
using RabbitMQ.Client;

namespace DToC.Http.Delivery.Amqp;

/// <summary>Connects to brokers; which addresses may be connected to the guard says.</summary>
internal static class AmqpConnection
{
    private const int PlainPort = 5_672;
    private const int TlsPort = 5_671;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(20);

    /// <summary>Connects.</summary>
    /// <param name="url"><c>amqps://HOST:PORT/VHOST</c>, checked as it was set.</param>
    /// <param name="user">Who signs in; guest unless given.</param>
    /// <param name="password">The password.</param>
    /// <param name="name">What the broker's operators see.</param>
    /// <param name="guard">Which addresses are allowed.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="AddressNotAllowedException">None of its addresses may be connected to.</exception>
    public static async Task<IConnection> OpenAsync(
        string url, string? user, ReadOnlyMemory<byte> password, string name, AddressGuard guard,
        CancellationToken cancellation)
    {
        var address = new Uri(url);
        var isTls = address.Scheme == "amqps";
        var found = await guard.FindAsync(address.Host, mustBeInHouse: !isTls, cancellation);
        var path = Uri.UnescapeDataString(address.AbsolutePath.TrimStart('/'));
        var factory = new ConnectionFactory
        {
            UserName = user ?? "guest",
            Password = Encoding.UTF8.GetString(password.Span),
            VirtualHost = path.Length == 0 ? "/" : path,
            ClientProvidedName = name,
            // The queue that sends has its own breaker, and the one that fetches begins anew by itself.
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            RequestedHeartbeat = Heartbeat,
            RequestedConnectionTimeout = Timeout,
            HandshakeContinuationTimeout = Timeout,
            ContinuationTimeout = Timeout,
        };
        var port = address.Port > 0 ? address.Port : isTls ? TlsPort : PlainPort;
        // By the address that was looked at: the name could lead elsewhere by now.
        var endpoints = found.Select(ip => new AmqpTcpEndpoint(
            ip.ToString(), port, new SslOption(address.Host, certificatePath: "", enabled: isTls)));
        return await factory.CreateConnectionAsync(endpoints, name, cancellation);
    }
}
