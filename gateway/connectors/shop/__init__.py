"""Web shops: orders that Shopify and WooCommerce send by webhook, their signature checked first."""
