using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;

namespace Cki.Kestrel;

/// <summary>One request through the function and back; bodies stream both ways.</summary>
internal static class Exchange
{
    /// <summary>Kestrel frames the answer itself.</summary>
    private static readonly string[] s_framing = ["Transfer-Encoding", "Connection", "Keep-Alive"];

    public static async Task ServeAsync(HttpContext context, HttpFunction function, long bodyBytesMax)
    {
        if (context.Request.ContentLength > bodyBytesMax)
        {
            await RefuseAsync(context, bodyBytesMax);
            return;
        }
        try
        {
            using HttpRequestMessage request = ToRequest(context);
            using HttpResponseMessage response = await function(request, context.RequestAborted);
            await WriteAsync(context, response);
        }
        catch (Exception error) when (IsTooLarge(error))
        {
            await RefuseAsync(context, bodyBytesMax);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
        {
            // The function asks for a lost answer, or the peer is gone: either way there is nobody to answer.
            context.Abort();
        }
    }

    /// <summary>Contents wrap what their stream throws.</summary>
    private static bool IsTooLarge(Exception error) => (error as BadHttpRequestException ?? error.InnerException) is BadHttpRequestException { StatusCode: 413 };

    private static async Task RefuseAsync(HttpContext context, long bodyBytesMax)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }
        context.Response.StatusCode = 413;
        context.Response.ContentType = "text/plain";
        await context.Response.WriteAsync($"The body is larger than {bodyBytesMax} bytes.\n");
    }

    private static HttpRequestMessage ToRequest(HttpContext context)
    {
        var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), AddressOf(context))
        {
            Content = new StreamContent(context.Request.Body),
        };
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in context.Request.Headers)
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
                request.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        return request;
    }

    /// <summary>From the raw target: a parsed path has lost the difference between a slash and %2F.</summary>
    private static Uri AddressOf(HttpContext context)
    {
        string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        bool isPath = target.StartsWith('/');
        return isPath && Uri.TryCreate($"{context.Request.Scheme}://{context.Request.Host}{target}", UriKind.Absolute, out Uri? uri)
            ? uri
            : new Uri(context.Request.GetEncodedUrl());
    }

    private static async Task WriteAsync(HttpContext context, HttpResponseMessage response)
    {
        context.Response.StatusCode = (int)response.StatusCode;
        CopyHeaders(context, response.Headers);
        CopyHeaders(context, response.Content.Headers);
        // Asking for the length makes buffered contents tell it; streams of unknown length go out in chunks.
        context.Response.ContentLength = BodyForbidden(context) ? null : response.Content.Headers.ContentLength;
        if (!BodyForbidden(context))
            await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private static bool BodyForbidden(HttpContext context) =>
        HttpMethods.IsHead(context.Request.Method) || context.Response.StatusCode is 204 or 304;

    private static void CopyHeaders(HttpContext context, HttpHeaders headers)
    {
        foreach ((string name, IEnumerable<string> values) in headers)
            if (!s_framing.Contains(name, StringComparer.OrdinalIgnoreCase))
                context.Response.Headers.Append(name, values.ToArray());
    }
}
