using System.Net;
using System.Text.RegularExpressions;

namespace DToC.Http.Tests.Console;

/// <summary>A browser without scripts: keeps cookies, asks for pages, sends forms, follows nothing by itself.</summary>
internal sealed partial class Browser : IDisposable
{
    private readonly CookieContainer _cookies = new();
    private readonly HttpClient _client;

    public Browser(ApiServer server)
    {
        var handler = new SocketsHttpHandler
        {
            CookieContainer = _cookies, AllowAutoRedirect = false, UseProxy = false,
        };
        _client = new HttpClient(handler) { BaseAddress = server.Client.BaseAddress };
        _client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
    }

    /// <summary>The field of a form that shows that it is the server's own.</summary>
    public static Dictionary<string, string> TokenIn(string html)
    {
        var field = Hidden().Match(html);
        Assert.True(field.Success, "The page has no form.");
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [field.Groups["name"].Value] = WebUtility.HtmlDecode(field.Groups["value"].Value),
        };
    }

    public Task<HttpResponseMessage> GetAsync(string path) =>
        _client.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);

    public async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var answer = await GetAsync(path);
        return answer.StatusCode;
    }

    public async Task<HttpResponseMessage> PostAsync(string path, Dictionary<string, string> fields)
    {
        using var form = new FormUrlEncodedContent(fields);
        return await _client.PostAsync(new Uri(path, UriKind.Relative), form);
    }

    public async Task<HttpResponseMessage> SignInAsync(string key)
    {
        using var page = await GetAsync("/sign-in");
        var fields = TokenIn(await page.Content.ReadAsStringAsync());
        fields["key"] = key;
        return await PostAsync("/sign-in", fields);
    }

    /// <summary>Puts a cookie back that the server took away.</summary>
    public void Restore(string cookie) =>
        _cookies.SetCookies(_client.BaseAddress!, cookie.Split(';')[0]);

    public void Dispose() => _client.Dispose();

    [GeneratedRegex(
        "<input type=\"hidden\" name=\"(?<name>[^\"]+)\" value=\"(?<value>[^\"]+)\"", RegexOptions.None, 1000)]
    private static partial Regex Hidden();
}
