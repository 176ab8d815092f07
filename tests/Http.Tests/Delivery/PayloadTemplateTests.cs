using System.Text.Json;
using System.Text.Json.Nodes;
using DToC.Http.Delivery.Templates;

namespace DToC.Http.Tests.Delivery;

public sealed class PayloadTemplateTests
{
    private static readonly JsonObject Message = JsonNode.Parse(
        """
        {"id":"eff_1","type":"next-best-action","timestamp":"2026-03-01T12:00:00.000Z",
         "data":{"id":"d1","customer":"anna \"the\" first","offer":"accessories","channel":"web","trigger":"request",
                 "time":"2026-03-01T12:00:00.000Z","content":{"template":"t","percent":10,"none":null}}}
        """)!.AsObject();

    [Theory]
    [InlineData("""{"a":"{{data.offer}}"}""", """{"a":"accessories"}""")]
    [InlineData("""{"a":"{{ data.content.percent }}"}""", """{"a":10}""")]
    [InlineData("""{"a":"{{data.content}}"}""", """{"a":{"template":"t","percent":10,"none":null}}""")]
    [InlineData("""["x {{data.offer}} y {{data.content.percent}}%"]""", """["x accessories y 10%"]""")]
    [InlineData("""{"a":"{{data.no}}","b":"{{data.no?}}","c":"({{data.no}})"}""", """{"a":null,"c":"()"}""")]
    [InlineData("""["{{data.nothing?}}",1,true,null]""", """[1,true,null]""")]
    [InlineData("""{"a":"no } placeholder {"}""", """{"a":"no } placeholder {"}""")]
    [InlineData("\"{{data.customer}}\"", "\"anna \\u0022the\\u0022 first\"")]
    [InlineData("""{"a":"{{data.content.template.deeper}}"}""", """{"a":null}""")]
    public void Placeholders_become_values(string template, string expected) =>
        Assert.Equal(expected, Read(template).Apply(Message)?.ToJsonString());

    [Theory]
    [InlineData("""{"a":"{{customer}}"}""", "template.a")]
    [InlineData("""{"a":{"b":["{{data.}}"]}}""", "template.a.b[0]")]
    [InlineData("""{"a":"{{data.offer"}""", "template.a")]
    [InlineData("""{"a":"{{if data.offer}}"}""", "template.a")]
    [InlineData("""{"a":"{{}}"}""", "template.a")]
    public void What_is_no_path_is_refused_with_its_place(string template, string place)
    {
        var wrong = Assert.Throws<FormatException>(() => Read(template));
        Assert.StartsWith(place, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_hold()
    {
        var many = string.Concat(Enumerable.Repeat("{{data.id}}", PayloadTemplate.MaxPlaceholders + 1));
        Assert.Throws<FormatException>(() => Read($"\"{many}\""));
        Assert.Throws<FormatException>(() => Read($"\"{new string('x', PayloadTemplate.MaxBytes)}\""));
        Assert.Throws<FormatException>(() => Read(new string('[', 20) + new string(']', 20)));
    }

    [Fact]
    public void Shipped_templates_fill_every_placeholder_that_is_not_optional()
    {
        Assert.Equal(
            ["contact-centre", "crm", "marketing-automation"], TemplatePresets.All.Select(one => one.Name),
            StringComparer.Ordinal);
        foreach (var preset in TemplatePresets.All)
        {
            var made = PayloadTemplate.Read(preset.Template).Apply(Message)!.ToJsonString();
            Assert.DoesNotContain("{{", made, StringComparison.Ordinal);
            Assert.DoesNotContain(":null", made.Replace("\"none\":null", "", StringComparison.Ordinal),
                StringComparison.Ordinal);
            Assert.Contains("eff_1", made, StringComparison.Ordinal);
            Assert.NotEmpty(preset.Description);
        }
    }

    private static PayloadTemplate Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return PayloadTemplate.Read(document.RootElement.Clone());
    }
}
