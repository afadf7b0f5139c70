done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('\n{"requests":%.0f,"errors":%.0f,"seconds":%.6f,"p50":%.3f,"p99":%.3f}\n',
    summary.requests, e.connect + e.read + e.write + e.status + e.timeout, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
